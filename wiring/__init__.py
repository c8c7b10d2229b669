"""How Errand is put together, from parts that know nothing of each other."""
