# SPDX-License-Identifier: EUPL-1.2
"""What is kept about persons: said to everybody, handed to each, erased when asked, forgotten in time."""
