"""What the talent bank does when something happens elsewhere: each module is named after the hook."""
