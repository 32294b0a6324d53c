"""The lab referral: a pathway of services."""
