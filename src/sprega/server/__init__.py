# SPDX-License-Identifier: EUPL-1.2
"""How the house is served: settings, addresses, the embedded database."""
