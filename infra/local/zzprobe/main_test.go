package p
import ("testing";"fmt";"time";"context"
"group-invites/infra/local/engine"
"github.com/aws/aws-sdk-go-v2/aws"
"github.com/aws/aws-sdk-go-v2/service/dynamodb"
"github.com/aws/aws-sdk-go-v2/service/dynamodb/types")
func Test(t *testing.T){
 for _,path:=range []string{"", t.TempDir()+"/x.db"} {
 e,err:=engine.Start(t.Context(),engine.Options{DBPath:path}); if err!=nil{t.Fatal(err)}
 c:=engine.Client(e.Endpoint())
 _,err=c.CreateTable(t.Context(),&dynamodb.CreateTableInput{TableName:aws.String("ttt"),BillingMode:"PAY_PER_REQUEST",AttributeDefinitions:[]types.AttributeDefinition{{AttributeName:aws.String("pk"),AttributeType:"S"}},KeySchema:[]types.KeySchemaElement{{AttributeName:aws.String("pk"),KeyType:"HASH"}},StreamSpecification:&types.StreamSpecification{StreamEnabled:aws.Bool(true),StreamViewType:"NEW_AND_OLD_IMAGES"}})
 if err!=nil{t.Fatal(err)}
 b0:=time.Now()
 for i:=range 400{ var w []types.WriteRequest; for j:=range 25{ w=append(w,types.WriteRequest{PutRequest:&types.PutRequest{Item:map[string]types.AttributeValue{"pk":&types.AttributeValueMemberS{Value:fmt.Sprint("k",i,"/",j)},"x":&types.AttributeValueMemberS{Value:"some text"}}}})}
  b:=time.Now(); if _,err:=c.BatchWriteItem(context.Background(),&dynamodb.BatchWriteItemInput{RequestItems:map[string][]types.WriteRequest{"ttt":w}});err!=nil{t.Fatal(err)}; if i%100==0{fmt.Println("batchwrite",i,time.Since(b), time.Since(b0))}}
 fmt.Println(path, time.Since(b0))
 e.Stop()
 }
}
