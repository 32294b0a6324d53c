"""What trainees see and pages ask. Views only."""
