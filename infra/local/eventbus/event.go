package eventbus

import (
	"time"

	"group-invites/infra/local/template"
	"group-invites/infra/local/uuid"
)

// Event is an event as EventBridge delivers it.
// https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
type Event struct {
	Version    string    `json:"version"`
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"` // to the second
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"` // ARNs
	Detail     any       `json:"detail"`
}

// NewEvent makes an event with an id of its own.
func NewEvent(source, detailType string, at time.Time, resource string, detail any) Event {
	return Event{
		Version: "0", ID: uuid.New(), DetailType: detailType, Source: source, Account: template.AccountID,
		Time: at.UTC().Truncate(time.Second), Region: template.Region, Resources: []string{resource}, Detail: detail,
	}
}
