[assembly: Xunit.AssemblyFixture(typeof(Integration.SystemTests.Peers.MongoPeer))]
