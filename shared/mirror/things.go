package mirror

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"group-invites/shared/directory"
)

// putOrg makes the organization, or gives it the name and settings.
func (s *Service) putOrg(ctx context.Context, t *task, f facts) error {
	before, there := f.org(t.op.Org)
	if there {
		after, what := before, []string{}
		if after.Name != t.op.Name {
			after.Name, what = t.op.Name, append(what, "name")
		}
		if add := t.op.AddPeople; add != nil && after.AddPeople != *add {
			after.AddPeople, what = *add, append(what, fmt.Sprintf("addPeople %v", add.Roles()))
		}
		t.result.Created = before.ID == t.org
		t.result.Org = before
		if len(what) == 0 {
			return nil
		}
		after.Version++
		t.result.Org = after
		return s.Store.ChangeOrg(ctx, before, after, t.audit(after.ID, directory.AuditOrgChanged, after.ID.String(), strings.Join(what, ", ")))
	}
	id, err := directory.NewOrgID(s.Random)
	if err != nil {
		return err
	}
	org := directory.Org{ID: id, Name: t.op.Name, CreatedAt: t.now, CreatedBy: directory.Host, Version: 1, ExternalID: t.op.Org}
	if t.op.AddPeople != nil {
		org.AddPeople = *t.op.AddPeople
	}
	t.org, t.result.Org, t.result.Created = id, org, true
	return s.Store.AddOrg(ctx, org, f.targets[Ref{Org: t.op.Org}])
}

// putGroup makes the group, or gives it the name.
func (s *Service) putGroup(ctx context.Context, t *task, f facts) error {
	org, ok := f.org(t.op.Org)
	if !ok {
		return &MissingError{"org"}
	}
	t.result.Org = org
	if before, there := f.group(org, t.op.Group); there {
		t.result.Created, t.result.Group = before.ID == t.group, before
		if before.Name == t.op.Name {
			return nil
		}
		after := before
		after.Name, after.Version = t.op.Name, before.Version+1
		t.result.Group = after
		return s.Store.ChangeGroup(ctx, before, after, t.audit(org.ID, directory.AuditGroupChanged, after.ID.String(), ""))
	}
	id, err := directory.NewGroupID(org.ID, s.Random)
	if err != nil {
		return err
	}
	group := directory.Group{ID: id, Name: t.op.Name, CreatedAt: t.now, CreatedBy: directory.Host, Version: 1, ExternalID: t.op.Group}
	t.group, t.result.Group, t.result.Created = id, group, true
	return s.Store.AddGroup(ctx, t.op.Org, group, f.targets[Ref{Org: t.op.Org, Group: t.op.Group}])
}

// deleteOrg deletes the organization, if it is there. It is gone for everyone at once, as [directory.Service.DeleteOrg] has it.
func (s *Service) deleteOrg(ctx context.Context, t *task, f facts) error {
	org, ok := f.org(t.op.Org)
	if !ok || !t.means(org.ID.String()) {
		return nil
	}
	return s.Store.DeleteOrg(ctx, org.ID, t.audit(org.ID, directory.AuditOrgDeleted, org.ID.String(), ""))
}

// deleteGroup deletes the group, if it is there.
func (s *Service) deleteGroup(ctx context.Context, t *task, f facts) error {
	_, groups, err := f.place(t.op)
	if errors.Is(err, directory.ErrNotFound) {
		return nil
	}
	id := groups[0].ID
	if !t.means(id.String()) {
		return nil
	}
	return s.Store.DeleteGroup(ctx, id, t.audit(id.Org(), directory.AuditGroupDeleted, id.String(), ""))
}

// means tells whether the operation deletes what has that id: the first one that it finds, and no other that was made under the external id since.
func (t *task) means(id string) bool {
	if t.deletes == "" {
		t.deletes = id
	}
	return t.deletes == id
}

// audit makes the entry of an act of the host's. It is made once for an operation, as [directory.Service] makes it once for a call: an attempt doesn't do again
// what an earlier one has done, whatever others have made of it since.
func (t *task) audit(org directory.OrgID, action, target, detail string) directory.AuditEntry {
	return directory.AuditEntry{Org: org, At: t.now, ID: t.act, Actor: directory.Host, Action: action, Target: target, Detail: detail}
}
