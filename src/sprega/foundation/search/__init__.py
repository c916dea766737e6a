# SPDX-License-Identifier: EUPL-1.2
"""Search over everything that one may see: each room offers its own, nobody is told of another's."""
