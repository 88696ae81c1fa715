"""The TV: a plain page of our own, because a framework's page reloads with the server and loses its sound."""
