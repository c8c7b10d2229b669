"""`/sim/*`: whatever a person does in the browser, and what tests order."""
