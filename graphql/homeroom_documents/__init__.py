"""Papers and lists: PDF set with Typst, XLSX and CSV of every resource, from what the reader may see."""
