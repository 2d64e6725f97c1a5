"""Credits: the ledger, prices, tiers, quotes and limits of spending."""
