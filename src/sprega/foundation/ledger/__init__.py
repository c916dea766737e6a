# SPDX-License-Identifier: EUPL-1.2
"""The ledger: who did what, in a tree that cannot be changed unseen, and that forgets what must be erased.

This package needs no database and no Django: it says what leaves, nodes, proofs and checkpoints are, and
verifies them. What stores them rests on it.
"""
