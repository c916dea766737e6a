# SPDX-License-Identifier: EUPL-1.2
"""The shell and the components that every page is made of."""
