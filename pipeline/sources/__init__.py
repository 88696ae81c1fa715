"""Where songs and facts about them come from outside the box. Everything here may fail, and nothing here is trusted."""
