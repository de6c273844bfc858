package seed

import (
	"context"
	"time"

	"group-invites/infra/local/issuer"
	"group-invites/infra/local/stack"
	"group-invites/infra/local/template"
	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/linkcode"
)

// Stack seeds a running local stack, and tells it what there is.
func Stack(ctx context.Context, s *stack.Stack) error {
	described := s.Template()
	ring, err := linkcode.NewSource(ctx, described.StackName, time.Now, func(context.Context) ([]byte, error) {
		return []byte(s.KeyRing()), nil
	})
	if err != nil {
		return err
	}
	o := Options{
		// The engine itself, past the AWS endpoint, which knows only functions.
		Table: dynamo.Open(dynamo.Options{
			Table: s.TableName(), Region: template.Region, Endpoint: s.EngineEndpoint(),
			AccessKeyID: "local", SecretAccessKey: "local",
		}),
		Ring: ring, BaseURL: s.URL(), Issuer: described.Authorizer.Issuer,
	}
	for who, caller := range map[string]*directory.Caller{"admin": &o.Admin, "manager": &o.Manager, "user": &o.User} {
		person, err := issuer.PersonOf(who)
		if err != nil {
			return err
		}
		*caller = directory.Caller{
			ID: directory.NewUserID(o.Issuer, person.Subject), Name: person.Name, Email: person.Email, Verified: true,
		}
	}
	seeded, err := Run(ctx, o)
	if err != nil {
		return err
	}
	s.SetSeeded([]stack.Seeded{
		{Name: "organization", ID: seeded.Org.String()},
		{Name: "group", ID: seeded.Group.String()},
		{Name: "second group", ID: seeded.SecondGroup.String()},
		{Name: "link to the second group", ID: seeded.LinkURL},
	})
	return nil
}
