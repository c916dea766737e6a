# SPDX-License-Identifier: EUPL-1.2
"""Who is asking, and what the database lets them see."""
