"""Where records came from: canonical bytes, ids, commitments, history, attestations."""
