# SPDX-License-Identifier: EUPL-1.2
"""Buying together: what a cleared purchase says, on paper and in sentences, and the practice purchase."""
