"""How a job is run: its declaration, its inputs, the run and its states, and where runs are kept."""
