"""The lab caseload: one month of a case worker."""
