"""The village meeting: states, quorum, decisions, windows, papers, objections, proposals."""
