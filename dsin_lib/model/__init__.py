"""Sec. 3 of the paper, one file a subsection: Pi, Phi, Omega, their composition, their losses."""
