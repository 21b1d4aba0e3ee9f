"""Parts that several pages share: sections, notices, long lists, template filters."""
