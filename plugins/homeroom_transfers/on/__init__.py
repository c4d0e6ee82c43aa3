"""What transfers do when something happens elsewhere: each module is named after the hook."""
