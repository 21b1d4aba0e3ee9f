"""What people said in a past meeting: its AI Companion summary and its transcript."""
