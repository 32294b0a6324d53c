"""The lab complaint: a channel for complaints."""
