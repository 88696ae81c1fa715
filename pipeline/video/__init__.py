"""Pictures that move: made small by ffmpeg, of films and of karaoke discs."""
