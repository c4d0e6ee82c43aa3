"""A small plugin, so that the kernel can be tested without any school domain."""
