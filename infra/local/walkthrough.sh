B=http://127.0.0.1:8080
GROUP=d6625d02804133cd
JSON='Content-Type: application/json'
as() { echo "Authorization: Bearer $(curl -s $B/dev/token/$1)"; }

# An admin creates a link that anyone may use for 7 days.
INVITE=$(curl -s $B/v1/groups/$GROUP/invites -H "$(as admin)" -H "$JSON" -d '{"access":"anyone","expiration":"7d"}')
echo "$INVITE"
ID=$(sed 's/{"id":"\([0-9a-f]*\)".*/\1/' <<<"$INVITE")
CODE=$(sed 's/.*#\([A-Za-z0-9_-]*\)".*/\1/' <<<"$INVITE")

# It goes to an address by e-mail as well; the mail is there a moment later, and at $B/dev/inbox.
curl -s $B/v1/groups/$GROUP/invites/$ID/emails -H "$(as admin)" -H "$JSON" -d '{"emails":["mira@example.com"]}' -w '\n'
sleep 2; curl -s "$B/dev/mails?to=mira@example.com" | grep -o '"subject":"[^"]*"' | head -1

# Whoever holds the link can see what it is, without signing in.
curl -s $B/v1/invites/preview -H "$JSON" -d '{"code":"'$CODE'"}' -w '\n'

# A newcomer redeems it: 201, in the organization and the group. Again: 200, a member already.
curl -s $B/v1/invites/redeem -H "$(as newcomer)" -H "$JSON" -d '{"code":"'$CODE'"}' -w ' %{http_code}\n'
curl -s $B/v1/invites/redeem -H "$(as newcomer)" -H "$JSON" -d '{"code":"'$CODE'"}' -w ' %{http_code}\n'

# Managers see all links of the group, users their own.
curl -s $B/v1/groups/$GROUP/invites -H "$(as manager)" -w '\n'
curl -s $B/v1/groups/$GROUP/invites -H "$(as user)" -w '\n'

# The admin deletes it: 204. From then on it lets nobody in: 410.
curl -s -X DELETE $B/v1/groups/$GROUP/invites/$ID -H "$(as admin)" -w '%{http_code}\n'
curl -s $B/v1/invites/redeem -H "$(as newcomer2)" -H "$JSON" -d '{"code":"'$CODE'"}' -w ' %{http_code}\n'
