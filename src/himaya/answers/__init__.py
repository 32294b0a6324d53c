"""What trainees did: the journal."""
