"""Running workflows: nodes from the outputs back, results that are kept, files that are handed out."""
