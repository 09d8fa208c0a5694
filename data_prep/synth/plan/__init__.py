"""What is settled before anything is drawn: the two corpora, their layouts, random addresses."""
