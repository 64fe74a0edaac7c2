"""Every sentence a person reads, in one place: ``vi`` for all, ``card`` for what also exists in English."""
