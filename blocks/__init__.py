"""Pure builders: our objects in, Block Kit out. They own every action_id and callback_id."""
