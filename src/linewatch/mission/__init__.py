"""The main job: stages wired end to end over real sockets and a real log."""
