# SPDX-License-Identifier: EUPL-1.2
"""Files of organisations: who may see them stands in the database, their bytes in the cluster's folder."""
