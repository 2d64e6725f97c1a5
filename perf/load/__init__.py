"""How quick the API is under load: an open-loop client, scenarios, a report with plots."""
