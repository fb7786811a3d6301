"""Say what an administrator has to look after: backups, disk, errors, accounts, certificates."""
