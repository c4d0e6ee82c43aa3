"""What the registry does when something happens elsewhere: each module is named after the hook."""
