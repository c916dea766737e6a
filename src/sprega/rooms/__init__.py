# SPDX-License-Identifier: EUPL-1.2
"""The rooms: one folder for each thing that people do in a cluster."""
