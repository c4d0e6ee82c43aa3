"""Schools that add fields to what they keep of their students."""
