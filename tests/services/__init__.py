"""Real servers, real workers, real deaths: each test starts what it needs and ends it by its process id."""
