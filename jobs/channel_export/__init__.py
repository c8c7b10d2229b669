"""The parts of the export-channel job: making messages readable, writing them oldest first."""
