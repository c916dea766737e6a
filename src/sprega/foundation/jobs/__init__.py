# SPDX-License-Identifier: EUPL-1.2
"""Long work: it runs as who asked or as a service, shows its progress, and can be left."""
