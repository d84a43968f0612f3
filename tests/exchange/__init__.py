"""The sender: what it reads of an answer, how it weighs the weather, and the pace it keeps."""
