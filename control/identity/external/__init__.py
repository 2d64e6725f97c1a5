"""Login through others: OpenID Connect issuers, Google, GitHub."""
