package growth

import "group-invites/shared/directory"

func pageOf(limit int, cursor string) directory.PageRequest {
	return directory.PageRequest{Limit: limit, Cursor: cursor}
}
