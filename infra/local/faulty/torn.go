package faulty

import (
	"encoding/json"
	"net/http"
	"time"
)

// readApart reads the items of a BatchGetItem in two calls, some of them later than the others, and gives one answer. Torn is false where there is
// nothing to take apart.
func (t *Table) readApart(r *http.Request, body []byte, apart time.Duration) (a answer, torn bool, err error) {
	b := parse("BatchGetItem", body)
	if b == nil || len(b.items) < 2 {
		return answer{}, false, nil
	}
	t.mu.Lock()
	t.count.Torn++
	t.mu.Unlock()
	some, others := t.split(b.items)

	var whole map[string]json.RawMessage // units are those of the second part: nobody counts them here
	items := []json.RawMessage{}
	for i, part := range [][]json.RawMessage{some, others} {
		if i > 0 {
			time.Sleep(apart)
		}
		if a, whole, err = b.send(t, r, part); whole == nil || err != nil {
			return a, true, err
		}
		var responses map[string][]json.RawMessage
		if err := json.Unmarshal(whole["Responses"], &responses); err != nil {
			return a, true, err
		}
		items = append(items, responses[b.table]...)
	}
	if whole["Responses"], err = json.Marshal(map[string][]json.RawMessage{b.table: items}); err != nil {
		return a, true, err
	}
	return a, true, a.say(whole)
}

// split deals at least two items between two parts by chance, one at least in each.
func (t *Table) split(items []json.RawMessage) (some, others []json.RawMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	cut := 1 + t.random.IntN(len(items)-1)
	return items[:cut], items[cut:]
}
