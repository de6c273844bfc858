// Command web shows the documentation of the API, and answers every request that no other route takes.
package main

import "group-invites/shared/httpapi"

func main() { httpapi.Start(handler()) }
