"""Sources: the outside world as drafts of tasks and answers, and questions of our own."""
