"""Files: uploads and outputs, their bytes in object storage and what is known of them."""
