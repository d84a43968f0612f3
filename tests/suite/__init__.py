"""The suite itself: what it sees, and that it sees nothing where nothing is."""
